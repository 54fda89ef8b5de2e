/**
 * Makes and reads certificates, and checks those that users give. It has no client and no clock.
 * Only {@link dev.warren.operator.certificates.BouncyCastleMaker} is random.
 */
package dev.warren.operator.certificates;
