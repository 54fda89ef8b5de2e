/** The controller: observe, validate, plan, execute, report. */
package dev.warren.operator.reconcile;
