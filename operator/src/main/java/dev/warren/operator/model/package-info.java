/** Pure: names, and the desired state, as values. No client, no clock, no I/O. */
package dev.warren.operator.model;
