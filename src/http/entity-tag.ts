// Entity tags, RFC 9110 §8.8.3.

const TAGS = /(?:W\/)?"[\x21\x23-\x7e\x80-\xff]*"/g

/**
 * Whether `list`, the value of If-Match or If-None-Match, holds `tag` or is `*`.
 *
 * Compared weakly, `W/` does not count on either side; compared strongly, a tag with it equals none (RFC 9110 §8.8.3.2).
 */
export function holdsEntityTag(list: string, tag: string, comparison: 'weak' | 'strong'): boolean {
  if (list.trim() === '*') return true
  if (comparison === 'strong' && isWeak(tag)) return false
  const wanted = opaque(tag)
  for (const [each] of list.matchAll(TAGS)) {
    if (opaque(each) === wanted && (comparison === 'weak' || !isWeak(each))) return true
  }
  return false
}

/** The tag for content that means the same but has other bytes. */
export const weakened = (tag: string): string => (isWeak(tag) ? tag : `W/${tag}`)

const isWeak = (tag: string): boolean => tag.startsWith('W/')
const opaque = (tag: string): string => (isWeak(tag) ? tag.slice(2) : tag)
