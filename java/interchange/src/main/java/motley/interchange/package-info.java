/// Models and weights from and to the formats of other frameworks.
package motley.interchange;
