package dev.warren.operator.model;

/**
 * A topology's secrets.
 *
 * @param adminPassword of the user {@value #ADMIN}, with which the operator administers the broker
 * @param clientPassword of the user {@value #CLIENT}, for the topology's clients
 */
public record Credentials(String adminPassword, String clientPassword) {

  public static final String ADMIN = "warren-admin";
  public static final String CLIENT = "app";

  /** Leaves out what must not appear in a log. */
  @Override
  public String toString() {
    return "Credentials[]";
  }
}
