package dev.warren.operator.model;

import io.fabric8.kubernetes.api.model.PodSecurityContext;
import io.fabric8.kubernetes.api.model.PodSecurityContextBuilder;
import io.fabric8.kubernetes.api.model.PodSpec;
import java.util.Optional;

/**
 * The users and groups that the operator's own Pods run as: those of the user's template, or else
 * those that the platform assigns, or else those of the images.
 */
final class PodSecurity {

  /** The user and the group in the images. */
  private static final long IMAGES_OWN = 999;

  /** The group of a user that the image does not know. */
  private static final long GROUP_OF_ANYBODY = 0;

  private PodSecurity() {}

  /** For a Pod that writes to a volume. */
  static PodSecurityContext withVolume(PodSpec users, Images images) {
    PodSecurityContext said = said(users);
    return context(said, images)
        .withFsGroup(orElse(said.getFsGroup(), images, IMAGES_OWN))
        .withFsGroupChangePolicy(
            Optional.ofNullable(said.getFsGroupChangePolicy()).orElse("OnRootMismatch"))
        .build();
  }

  /** For a Pod that does not. */
  static PodSecurityContext withoutVolume(PodSpec users, Images images) {
    return context(said(users), images).build();
  }

  private static PodSecurityContextBuilder context(PodSecurityContext said, Images images) {
    long group = said.getRunAsUser() == null ? IMAGES_OWN : GROUP_OF_ANYBODY;
    return new PodSecurityContextBuilder()
        .withRunAsNonRoot(true)
        .withRunAsUser(orElse(said.getRunAsUser(), images, IMAGES_OWN))
        .withRunAsGroup(orElse(said.getRunAsGroup(), images, group))
        .withNewSeccompProfile()
        .withType("RuntimeDefault")
        .endSeccompProfile();
  }

  private static Long orElse(Long said, Images images, long own) {
    return said != null || images.usersAreAssigned() ? said : Long.valueOf(own);
  }

  private static PodSecurityContext said(PodSpec users) {
    return Optional.ofNullable(users.getSecurityContext()).orElseGet(PodSecurityContext::new);
  }
}
