package motley.rounds;

import java.util.ArrayList;
import java.util.List;
import motley.rounds.Comparison.Relation;

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

        boolean isOfClass(String other) {
            return !numericClass.isEmpty() && numericClass.equals(other);
        }

        /// Whether both say the same, to the last bit: all that a device says, but for the time it
        /// took.
        boolean equalsInBits(Answer other) {
            var one = contribution;
            var two = other.contribution;
            return !one.digest().isEmpty()
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
    /// more than say anything else, and no proven device is contradicted by unproven ones only.
    boolean isDecidedBy(Answer answer, Comparison by) {
        var agreeing = those(Relation.ALIKE, answer, by);
        var dissenting = those(Relation.UNLIKE, answer, by);
        boolean isSecond = agreeing.stream().anyMatch(a -> !a.isOfOneOwner(answer));
        int votes = agreeing.size() + 1;
        boolean isMost =
                dissenting.stream().allMatch(a -> votes > those(Relation.ALIKE, a, by).size());
        boolean isProven = answer.isProven() || agreeing.stream().anyMatch(Answer::isProven);
        return isSecond && isMost && (isProven || dissenting.stream().noneMatch(Answer::isProven));
    }

    private List<Answer> those(Relation relation, Answer answer, Comparison by) {
        return answers.stream().filter(a -> by.relation(answer, a) == relation).toList();
    }
}
