/**
 * Pure: what to do, from what is wanted and what was observed. Same inputs, same plan; where both
 * agree the plan is empty.
 */
package dev.warren.operator.plan;
