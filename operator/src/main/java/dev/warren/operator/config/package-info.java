/** The operator's configuration, and what it needs from its environment at its start. */
package dev.warren.operator.config;
