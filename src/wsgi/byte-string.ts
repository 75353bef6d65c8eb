// Strings of one character a byte, as environs have them, and text.

import { Buffer } from 'node:buffer'

/** A string of JavaScript's as its UTF-8 bytes, a character each. */
export const bytesOf = (text: string): string => Buffer.from(text, 'utf8').toString('latin1')

/** The text that the bytes are in UTF-8; undefined for bytes that are none. */
export function utf8Of(bytes: string): string | undefined {
  const text = Buffer.from(bytes, 'latin1').toString('utf8')
  return bytesOf(text) === bytes ? text : undefined
}
