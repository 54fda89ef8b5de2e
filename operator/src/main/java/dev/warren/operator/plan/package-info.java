/**
 * Pure: what to do, from the spec and what was observed. The same input gives the same plan; where
 * both agree, the plan is empty. Each subpackage plans one topic, and this package joins them.
 */
package dev.warren.operator.plan;
