import { deflateSync, crc32 } from 'node:zlib';

/** Small generated files, so that media_url can be tried without the internet. */

function pngChunk(type: string, data: Buffer): Buffer {
	const body = Buffer.concat([Buffer.from(type), data]);
	const [length, checksum] = [Buffer.alloc(4), Buffer.alloc(4)];
	length.writeUInt32BE(data.length);
	checksum.writeUInt32BE(crc32(body));
	return Buffer.concat([length, body, checksum]);
}

function png(size: number, [red, green, blue]: readonly [number, number, number]): Buffer {
	const header = Buffer.alloc(13);
	header.writeUInt32BE(size, 0);
	header.writeUInt32BE(size, 4);
	header.set([8, 2], 8);
	const row = Buffer.concat([
		Buffer.from([0]),
		...Array.from({ length: size }, (_, x) =>
			Buffer.from([red, Math.round((green * x) / size), blue]),
		),
	]);
	const pixels = deflateSync(Buffer.concat(Array.from({ length: size }, () => row)));
	return Buffer.concat([
		Buffer.from('89504e470d0a1a0a', 'hex'),
		pngChunk('IHDR', header),
		pngChunk('IDAT', pixels),
		pngChunk('IEND', Buffer.alloc(0)),
	]);
}

/** A single grey pixel. */
const jpeg = Buffer.from(
	'/9j/4AAQSkZJRgABAQEASABIAAD/2wBDAAMCAgICAgMCAgIDAwMDBAYEBAQEBAgGBgUGCQgKCgkICQkKDA8MCgsOCwkJDRENDg8QEBEQCgwSExIQEw8QEBD/yQALCAABAAEBAREA/8wABgAQEAX/2gAIAQEAAD8A0s8g/9k=',
	'base64',
);

const pdf = Buffer.from(`%PDF-1.4
1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj
2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj
3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]>>endobj
trailer<</Root 1 0 R>>
%%EOF
`);

/** The first box of an MP4 file and an empty one: enough for what looks at the beginning. */
const mp4 = Buffer.from('00000018667479706d703432000000006d70343269736f6d000000086d646174', 'hex');

const green = [37, 211, 102] as const;
const blue = [33, 150, 243] as const;

export const sampleMedia: Readonly<Record<string, { mime: string; content: Buffer }>> = {
	'flyer.png': { mime: 'image/png', content: png(64, green) },
	'logo-dark.png': { mime: 'image/png', content: png(32, blue) },
	'logo-light.png': { mime: 'image/png', content: png(32, blue) },
	'photo.jpeg': { mime: 'image/jpeg', content: jpeg },
	'photo.jpg': { mime: 'image/jpeg', content: jpeg },
	download: { mime: 'image/jpeg', content: jpeg },
	'prices.pdf': { mime: 'application/pdf', content: pdf },
	'clip.mp4': { mime: 'video/mp4', content: mp4 },
};
