/// How far apart answers to one task are that different kinds of arithmetic gave: sketches of
/// vectors under a secret key, and what distances are usual between two numeric classes.
package motley.rounds.likeness;
