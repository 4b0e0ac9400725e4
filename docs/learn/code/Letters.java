// Page 9: a small GPT that learns to write sentences.

import static motley.nn.Block.residual;
import static motley.nn.Layer.*;

import motley.cpu.*;
import motley.data.*;
import motley.nn.*;
import motley.program.*;
import motley.tensor.*;
import motley.training.*;

static final int TIME = 48;

void main() {
    glance();

    var random = new Random(1);
    var text = new StringBuilder();
    int count = 0;
    for (; text.length() < 40_000; count++) text.append(sentence(random)).append(' ');
    IO.println();
    IO.println(text.substring(0, 90) + "…");

    // A sentence holds 9.5 coin tosses' worth of choices; the rest follows from the rules.
    double best = 9.5 * Math.log(2) * count / text.length();
    IO.println("nobody can get below %.3f".formatted(best));

    int cut = 36_000;
    var train = windows(text.substring(0, cut));
    var unseen = windows(text.substring(cut));
    var model = gpt();
    IO.println();
    IO.println("%,d numbers".formatted(model.summary().parameterCount()));
    try (var engine = CpuEngine.open(new CpuSettings(2))) {
        var trainer = new Trainer(engine, model, 1);
        var noise = write(engine, model, trainer.weights(), 60);
        IO.println("before: " + noise.replaceAll("\\p{Cntrl}", "·"));
        IO.println();
        var settings = FitSettings.of(10, 8, "adamw").withRate(new Schedule.OneCycle(0.01));
        trainer.fit(train, Optional.of(unseen), settings, this::show);
        IO.println();
        var written = write(engine, model, trainer.weights(), 1500);
        IO.println("after: " + written.substring(0, 210) + "…");
        check(written);
    }
}

void show(Epoch epoch) {
    IO.println(
            "epoch %d  seen %.3f  unseen %.3f"
                    .formatted(
                            epoch.number(),
                            epoch.train().loss(),
                            epoch.validation().orElseThrow().loss()));
}

/// Attention with numbers one can follow: three words, two features each.
void glance() {
    String[] words = {"cats", "old", "sleep"};
    double[][] keys = {{3, 0}, {0, 3}, {1, 1}};
    double[] query = {1, 0}; // what "sleep" asks for: a noun
    var shares = new double[3];
    double sum = 0;
    for (int i = 0; i < 3; i++) {
        double score = (query[0] * keys[i][0] + query[1] * keys[i][1]) / Math.sqrt(2);
        shares[i] = StrictMath.exp(score);
        sum += shares[i];
    }
    for (int i = 0; i < 3; i++) {
        IO.println("%-6s %3.0f %%".formatted(words[i], 100 * shares[i] / sum));
    }
}

/// `the old cats in the house sleep.`: the verb agrees with the first noun, not with the last.
String sentence(Random random) {
    boolean plural = random.nextBoolean();
    var article = plural ? "the" : pick(random, "a", "the");
    var adjective = pick(random, "", " small", " red", " quiet");
    var noun = pick(random, "cat", "bird", "owl", "dog") + (plural ? "s" : "");
    var place = pick(random, "", " near the trees", " in the house", " on a hill");
    var verb = pick(random, "sleep", "sing", "wait", "run") + (plural ? "" : "s");
    return article + adjective + " " + noun + place + " " + verb + ".";
}

String pick(Random random, String... words) {
    return words[random.nextInt(words.length)];
}

/// The text in pieces of 48 letters; the target of each letter is the next one.
ArraySamples windows(String text) {
    int count = (text.length() - 1) / TIME;
    var inputs = Tensor.onHeap(TensorType.i32(count, TIME));
    var targets = Tensor.onHeap(TensorType.i32(count, TIME));
    for (int i = 0; i < count * TIME; i++) {
        inputs.setInt(i, text.charAt(i));
        targets.setInt(i, text.charAt(i + 1));
    }
    return ArraySamples.of(inputs, targets);
}

/// Two blocks of attention and a small network, over series of 48 letters.
Model gpt() {
    return Model.sequential(
            "letters",
            TensorType.i32(TIME),
            new Embedding(128, 32), // [time, 32]
            new LearnedPositions(),
            residual(new LayerNorm(), new Attention(2, true)),
            residual(new LayerNorm(), new Dense(128), new Gelu(), new Dense(32)),
            residual(new LayerNorm(), new Attention(2, true)),
            residual(new LayerNorm(), new Dense(128), new Gelu(), new Dense(32)),
            new LayerNorm(),
            new Dense(128)); // [time, letter]
}

/// Letter after letter: each is drawn from what the model expects, then becomes part of the past.
String write(Engine engine, Model model, List<Tensor> weights, int length) {
    var predict = TrainingPrograms.predict(model, 1);
    var executable = engine.prepare(predict.program(), List.of());
    for (int i = 0; i < weights.size(); i++) {
        executable.write(predict.parameters().at(i), weights.get(i));
    }
    var window = Tensor.onHeap(TensorType.i32(1, TIME));
    var logits = Tensor.onHeap(TensorType.f32(1, TIME, 128));
    var random = new Random(7);
    var text = new StringBuilder("the ");
    while (text.length() < length) {
        int from = Math.max(0, text.length() - TIME);
        for (int i = from; i < text.length(); i++) window.setInt(i - from, text.charAt(i));
        executable.write(predict.inputs(), window);
        executable.run();
        executable.read(predict.output(), logits);
        int last = text.length() - from - 1;
        text.append((char) draw(logits, last * 128, random));
    }
    return text.toString();
}

/// One of 128 letters, each with the probability that softmax makes of its logit.
int draw(Tensor logits, int first, Random random) {
    double sum = 0;
    for (int k = 0; k < 128; k++) sum += StrictMath.exp(logits.getFloat(first + k));
    double left = random.nextDouble() * sum;
    for (int k = 0; k < 128; k++) {
        left -= StrictMath.exp(logits.getFloat(first + k));
        if (left < 0) return k;
    }
    return '?';
}

/// How many of the whole sentences follow the rules, and the first that does not.
void check(String text) {
    var adjective = "( small| red| quiet)?";
    var noun = " (cat|bird|owl|dog)";
    var place = "( near the trees| in the house| on a hill)?";
    var verb = " (sleep|sing|wait|run)";
    var one = "(a|the)" + adjective + noun + place + verb + "s";
    var many = "the" + adjective + noun + "s" + place + verb;
    var sentences = text.substring(0, text.lastIndexOf('.')).split("\\. ");
    var wrong = Stream.of(sentences).filter(s -> !s.matches(one + "|" + many)).toList();
    int right = sentences.length - wrong.size();
    IO.println("%d of %d sentences follow the rules".formatted(right, sentences.length));
    wrong.stream().limit(3).forEach(s -> IO.println("wrong: " + s));
}
