// The buffer that all sockets are read into: what is in it is gone when the receiver returns (docs/decisions/0006-one-read-buffer.md).

const READ_BYTES = 262_144

export const SHARED_BUFFER = Buffer.allocUnsafeSlow(READ_BYTES)
