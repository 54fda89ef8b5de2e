"""Answers each request in a queue with its own bytes."""

import os

import pika

import broker


def answer(channel, method, properties, body):
    reply = pika.BasicProperties(correlation_id=properties.correlation_id)
    channel.basic_publish("", properties.reply_to, body, reply)
    channel.basic_ack(method.delivery_tag)


broker.consume(answer, prefetch=int(os.environ["RABBITMQ_PREFETCH"]))
