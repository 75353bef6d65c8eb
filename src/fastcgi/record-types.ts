// The numbers of the FastCGI specification, version 1 (§8, "Types and Constants"). Both sides use them: the responder and its client.

export const VERSION = 1
export const HEADER_BYTES = 8
export const MAX_CONTENT_BYTES = 65_535
/** Records that belong to no request (§3.3). */
export const MANAGEMENT_ID = 0

export const RECORD = {
  beginRequest: 1,
  abortRequest: 2,
  endRequest: 3,
  params: 4,
  stdin: 5,
  stdout: 6,
  stderr: 7,
  data: 8,
  getValues: 9,
  getValuesResult: 10,
  unknownType: 11,
} as const

export type RecordType = (typeof RECORD)[keyof typeof RECORD]

export const ROLE = { responder: 1, authorizer: 2, filter: 3 } as const

/** How a request ended, in `endRequest` (§5.5). */
export const PROTOCOL_STATUS = {
  requestComplete: 0,
  cantMultiplex: 1,
  overloaded: 2,
  unknownRole: 3,
} as const

export type ProtocolStatus = (typeof PROTOCOL_STATUS)[keyof typeof PROTOCOL_STATUS]
