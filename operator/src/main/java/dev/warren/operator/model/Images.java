package dev.warren.operator.model;

/**
 * The container images that the operator itself runs, and who sets their users.
 *
 * @param queueNode of queue nodes whose spec names no image
 * @param gateway of gateways and dispatchers
 * @param usersAreAssigned whether the platform assigns the users and groups of Pods, as OpenShift
 *     does, and refuses others; all images run as any user
 */
public record Images(String queueNode, String gateway, boolean usersAreAssigned) {

  /** On a platform that assigns no users. */
  public Images(String queueNode, String gateway) {
    this(queueNode, gateway, false);
  }
}
