/// Data sets, their order and their sharding as functions of a seed.
package motley.data;
