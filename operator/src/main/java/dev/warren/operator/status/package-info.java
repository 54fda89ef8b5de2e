/** Pure: the status and the Events, from what was observed, planned and done. */
package dev.warren.operator.status;
