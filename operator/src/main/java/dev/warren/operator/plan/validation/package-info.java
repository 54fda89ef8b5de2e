/** Pure: finds in a spec what the API server cannot refuse. */
package dev.warren.operator.plan.validation;
