/** Pure: what the user is told, from what was observed, planned and done. */
package dev.warren.operator.status;
