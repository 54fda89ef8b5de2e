package dev.warren.api.v1alpha1;

import io.fabric8.kubernetes.api.model.Quantity;
import java.math.BigDecimal;
import java.math.RoundingMode;

/** The sizes of this API: bytes with a unit as Kubernetes writes them, such as 10Gi or 500M. */
public final class Sizes {

  /**
   * Not all that Kubernetes accepts: expanding 5e9999999999999 would exhaust the memory, and the m
   * in 500m does not stand for mega.
   */
  private static final String FORM = "^[0-9]+([.][0-9]+)?(Ki|Mi|Gi|Ti|Pi|k|M|G|T|P)?$";

  /** CEL: the field is a size. */
  static final String IS_SIZE = "self.matches('" + FORM + "')";

  /** CEL: the quantity of a field that {@link #IS_SIZE}. */
  static final String QUANTITY = "quantity(self)";

  private static final BigDecimal LARGEST = BigDecimal.valueOf(Long.MAX_VALUE);

  private Sizes() {}

  /**
   * The number of bytes in a field of this API; everything that the API server accepts there can be
   * parsed. As in Kubernetes, fractions are rounded up, and a number above the range of a long
   * becomes its largest value.
   *
   * @throws IllegalArgumentException when the text is not a size
   */
  public static long bytes(String text) {
    if (!text.matches(FORM)) {
      throw new IllegalArgumentException(
          "'" + text + "' is not a size in bytes, such as 10Gi or 500Mi");
    }
    return Quantity.getAmountInBytes(new Quantity(text))
        .setScale(0, RoundingMode.CEILING)
        .min(LARGEST)
        .longValueExact();
  }
}
