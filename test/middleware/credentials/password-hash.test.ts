import { describe, expect, test } from 'vitest'
import { hashPassword, PasswordHash } from '../../../src/middleware/credentials/password-hash.ts'

function base64(hex: string): string {
  return Buffer.from(hex, 'hex').toString('base64').replace(/=+$/, '')
}

/** Of `pleaseletmein`; the first 32 bytes of the vector. */
function ofTheRfc(): PasswordHash {
  const salt = base64(Buffer.from('SodiumChloride').toString('hex'))
  const hash = base64('7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2')
  return PasswordHash.parse(`$scrypt$ln=14,r=8,p=1$${salt}$${hash}`)!
}

describe('a password hash', () => {
  test('matches its password and no other; costs what OWASP asks for, N 2^14, r 8, p 5', async () => {
    const [text, other] = await Promise.all([hashPassword('schön'), hashPassword('schön')])
    expect(text).toMatch(/^\$scrypt\$ln=14,r=8,p=5\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/)
    expect(text).not.toBe(other)
    const hash = PasswordHash.parse(text)!
    const passwords = ['schön'.normalize('NFD'), 'schon']
    expect(await Promise.all(passwords.map((password) => hash.matches(password)))).toEqual([true, false])
  })

  test('is read from what others have made (RFC 7914 §12)', async () => {
    expect(await ofTheRfc().matches('pleaseletmein')).toBe(true)
  })

  test('has a decoy that costs as much and that its password does not match', async () => {
    const decoy = ofTheRfc().decoy()
    expect(decoy.work).toBe(ofTheRfc().work)
    expect(await decoy.matches('pleaseletmein')).toBe(false)
  })

  test.each([
    ['a password', 'hunter2'],
    ['nothing', ''],
    ['another scheme', '$argon2id$v=19$m=65536,t=3,p=4$c2FsdHNhbHQ$aGFzaGhhc2hoYXNoaGFzaA'],
    ['a hash of one byte', `$scrypt$ln=14,r=8,p=1$${base64('00'.repeat(16))}$${base64('00')}`],
    [
      'one that takes a gigabyte',
      `$scrypt$ln=20,r=8,p=1$${base64('00'.repeat(16))}$${base64('00'.repeat(32))}`,
    ],
    [
      'one that takes for ever',
      `$scrypt$ln=14,r=8,p=99$${base64('00'.repeat(16))}$${base64('00'.repeat(32))}`,
    ],
    ['one with N of 1', `$scrypt$ln=0,r=8,p=1$${base64('00'.repeat(16))}$${base64('00'.repeat(32))}`],
  ])('is not %s', (_, text) => {
    expect(PasswordHash.parse(text)).toBeUndefined()
  })
})
