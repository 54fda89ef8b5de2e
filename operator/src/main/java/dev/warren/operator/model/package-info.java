/** Pure: names, and what is wanted, as values. No client, no clock, no I/O. */
package dev.warren.operator.model;
