package dev.warren.operator.model;

/** Messages move from one queue to another while this exists. */
public record Move(String from, String to) {}
