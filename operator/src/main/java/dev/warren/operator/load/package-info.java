/** Effects: samples the load of consumers between reconciles, and wakes sleeping consumers. */
package dev.warren.operator.load;
