/** Pure: plans certificates, their renewal, and what is told about them. */
package dev.warren.operator.plan.certificates;
