/** What the operator is configured with, and what it asks of its surroundings at its start. */
package dev.warren.operator.config;
