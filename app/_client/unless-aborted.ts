/** For calls whose reader left: an aborted call is nobody's news, anything else still is. */
export function unlessAborted(signal: AbortSignal): (error: unknown) => void {
  return (error) => {
    if (!signal.aborted) throw error;
  };
}
