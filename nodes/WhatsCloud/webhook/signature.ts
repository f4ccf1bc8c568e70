import { createHmac, timingSafeEqual } from 'crypto';

/** The hex HMAC-SHA256 of the bytes as they came: JSON that is parsed and written again has another (quirk 38). */
export function isSignedWith(secret: string, raw: Uint8Array, signature: unknown): boolean {
	// Anything but 64 hex digits would be decoded in part, or in no length that can be compared.
	if (typeof signature !== 'string' || !/^[0-9a-f]{64}$/i.test(signature)) return false;
	const expected = createHmac('sha256', secret).update(raw).digest();
	return timingSafeEqual(expected, Buffer.from(signature, 'hex'));
}
