/// The training loop, the pipeline and device scheduling as pure state machines.
package motley.rounds;
