package dev.warren.operator.model;

/** Messages go from one queue to another, as long as this is there. */
public record Move(String from, String to) {}
