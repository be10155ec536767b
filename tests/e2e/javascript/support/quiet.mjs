// The SDK logs every poll and update; errors are what a test wants to see.
export const quiet = {
  info() {},
  debug() {},
  warn() {},
  error(...words) {
    console.error(...words);
  },
};
