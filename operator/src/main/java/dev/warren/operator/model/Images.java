package dev.warren.operator.model;

/**
 * The container images that the operator itself runs, and as whom.
 *
 * @param queueNode of queue nodes whose spec names no image
 * @param gateway of gateways and dispatchers
 * @param usersAreAssigned whether the platform assigns the users and groups of Pods, as OpenShift
 *     does, so that no other may be named; all images run as any user
 */
public record Images(String queueNode, String gateway, boolean usersAreAssigned) {

  /** Where the platform assigns none. */
  public Images(String queueNode, String gateway) {
    this(queueNode, gateway, false);
  }
}
