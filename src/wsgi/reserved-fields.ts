// Fields that the server reads itself, and that must reach it under their own names: a twin with "_" that it does not know of would
// deceive the application, which sees the same environ key.

const RESERVED = /^(content-(type|length)|transfer-encoding|host|proxy|forwarded|x-forwarded-.*)$/

/** Whether `name`, in lower case and with "-" or "_", has the environ key of such a field. */
export function isReservedField(name: string): boolean {
  return RESERVED.test(name.replaceAll('_', '-'))
}
