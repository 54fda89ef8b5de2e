/** Effects: samples the load of consumers between reconciles, and wakes those that sleep. */
package dev.warren.operator.load;
