/**
 * The {@code warren.dev/v1alpha1} API: what a user writes and reads. These classes are values
 * without behaviour; the CustomResourceDefinition is generated from them, and their descriptions
 * are what {@code kubectl explain} prints.
 */
package dev.warren.api.v1alpha1;
