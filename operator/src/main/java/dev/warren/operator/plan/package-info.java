/**
 * Pure: what to do, from the desired and the observed state. The same inputs give the same plan;
 * where both agree, the plan is empty. Each subpackage plans one topic, and this package joins
 * them.
 */
package dev.warren.operator.plan;
