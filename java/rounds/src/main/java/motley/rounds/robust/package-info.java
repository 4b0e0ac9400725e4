/// How a round's contributions become one gradient when some of them may be hostile.
package motley.rounds.robust;
