package motley.cpu;

/// One kernel of a plan, bound to its memory. Allocates nothing when it runs.
interface Task {
    void run();
}
