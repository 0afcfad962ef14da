// What a server of bench/collab.ts says of itself when asked over IPC, after a full collection of garbage.
export function answerUsage(load) {
  process.on('message', (message) => {
    if (message.load) load(message.load, Buffer.from(message.state, 'base64'));
    globalThis.gc?.();
    globalThis.gc?.();
    const { user, system } = process.cpuUsage();
    const memory = process.memoryUsage();
    process.send({ cpuMs: (user + system) / 1_000, heapBytes: memory.heapUsed + memory.external });
  });
  process.on('disconnect', () => process.exit(0));
}
