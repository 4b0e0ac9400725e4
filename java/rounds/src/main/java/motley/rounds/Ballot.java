package motley.rounds;

import java.util.ArrayList;
import java.util.List;

/// Answers to one task that wait to be confirmed.
///
/// @param answers in the order they came, at most [#ANSWERS_MAX], one a device
public record Ballot(List<Answer> answers) {
    /// Answers of as many devices, no two of them alike, and the run fails: it cannot be told what
    /// is right.
    public static final int ANSWERS_MAX = 8;

    static final Ballot EMPTY = new Ballot(List.of());

    /// @param numericClass of the device when it answered
    /// @param isProven whether the device was
    public record Answer(
            DeviceId device,
            String owner,
            String numericClass,
            boolean isProven,
            Task task,
            Contribution contribution) {

        /// Whether both must be equal if both are honest.
        boolean isComparable(Answer other) {
            return !numericClass.isEmpty() && numericClass.equals(other.numericClass);
        }

        /// Whether one confirms the other: all that a device says, but for the time it took.
        boolean agrees(Answer other) {
            var one = contribution;
            var two = other.contribution;
            return isComparable(other)
                    && !one.digest().isEmpty()
                    && one.digest().equals(two.digest())
                    && one.report().samples() == two.report().samples()
                    && one.report().correct() == two.report().correct()
                    && Double.compare(one.report().lossNatsSum(), two.report().lossNatsSum()) == 0;
        }

        boolean isOfOneOwner(Answer other) {
            return device.equals(other.device) || isOfOwner(other.owner);
        }

        boolean isOfOwner(String other) {
            return !owner.isEmpty() && owner.equals(other);
        }
    }

    public Ballot {
        answers = List.copyOf(answers);
    }

    Ballot with(Answer answer) {
        var all = new ArrayList<>(without(answer.device()).answers);
        all.add(answer);
        return new Ballot(all);
    }

    Ballot without(DeviceId device) {
        return new Ballot(answers.stream().filter(a -> !a.device().equals(device)).toList());
    }

    boolean isFull() {
        return answers.size() >= ANSWERS_MAX;
    }

    /// Whether `answer` with those that agree outweighs all others: at least two owners say so,
    /// more
    /// than say anything else, and no proven device is contradicted by unproven ones only.
    boolean isDecidedBy(Answer answer) {
        var agreeing = answers.stream().filter(answer::agrees).toList();
        var dissenting = answers.stream().filter(a -> isDissent(a, answer)).toList();
        boolean isSecond = agreeing.stream().anyMatch(a -> !a.isOfOneOwner(answer));
        int votes = agreeing.size() + 1;
        boolean isMost = dissenting.stream().allMatch(a -> votes > votesFor(a));
        boolean isProven = answer.isProven() || agreeing.stream().anyMatch(Answer::isProven);
        return isSecond && isMost && (isProven || dissenting.stream().noneMatch(Answer::isProven));
    }

    /// Whether one of both must be wrong.
    static boolean isDissent(Answer one, Answer other) {
        return one.isComparable(other) && !one.agrees(other);
    }

    private long votesFor(Answer answer) {
        return answers.stream().filter(answer::agrees).count();
    }
}
