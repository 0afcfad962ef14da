import type { Database } from '#db/client';
import { deliver, runAsIdentity } from '#db/deliveries';
import { FailureError, type Failure } from '#flow/failure';
import type { Json } from '#flow/json';

/**
 * What a broker's connector (RabbitMQ, Kafka, …) has to give: messages, each with an id that redelivery keeps. Delivery
 * is at least once, as brokers are; the id makes it one run. A message is acknowledged only when its run is in the log,
 * so a crash at any point redelivers it, and a message that can never run is handed back with the reason.
 */
export type Message = {
  id: string;
  body: Json;
  acknowledge(): Promise<void>;
  refuse(failure: Failure): Promise<void>;
};
/** Which flow a queue or topic starts, and as whom; null is the platform. */
export type Subscription = { id: string; workspaceId: string; flowId: string; queueName: string; runAs: string | null };

export async function consume(database: Database, subscription: Subscription, messages: AsyncIterable<Message>): Promise<void> {
  for await (const message of messages) {
    const failed = await take(database, subscription, message);
    await (failed === null ? message.acknowledge() : message.refuse(failed));
  }
}

async function take(database: Database, { id, workspaceId, flowId, queueName, runAs }: Subscription, message: Message): Promise<Failure | null> {
  try {
    const identity = await runAsIdentity(database.db, workspaceId, runAs);
    const made = await deliver(database, { workspaceId, flowId, trigger: 'message', triggerName: queueName, identity, input: message.body, key: `${id}:${message.id}` });
    return made.ok ? null : made.failure;
  } catch (error) {
    if (error instanceof FailureError) return error.failure;
    throw error;
  }
}
