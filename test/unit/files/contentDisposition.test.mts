import { fileNameIn } from '../../../nodes/WhatsCloud/files/download';

test.each([
	['attachment; filename="Quarter 3.pdf"', 'Quarter 3.pdf'],
	['attachment; filename=report.pdf', 'report.pdf'],
	['inline;filename=a b.pdf ; size=3', 'a b.pdf'],
	['filename="only.pdf"', 'only.pdf'],
	['ATTACHMENT; FILENAME="A.PDF"', 'A.PDF'],
	['attachment; filename="semi;colon.pdf"; x=1', 'semi;colon.pdf'],
	["attachment; filename*=UTF-8''Quarter%203%20%E2%82%AC.pdf", 'Quarter 3 €.pdf'],
	["attachment; filename=old.pdf; filename*=utf-8'de'%C3%9C.pdf", 'Ü.pdf'],
	["attachment; filename*=iso-8859-1''%DCbersicht.pdf; filename=x.pdf", 'x.pdf'],
	['attachment; filename="Quarter%203.pdf"', 'Quarter 3.pdf'],
	['attachment; filename="100%.pdf"', '100%.pdf'],
	[`attachment; filename="${Buffer.from('Übersicht.pdf').toString('latin1')}"`, 'Übersicht.pdf'],
	['attachment; filename="\u00dcbersicht.pdf"', 'Übersicht.pdf'],
	['attachment', undefined],
	['attachment; filename=""', undefined],
	['attachment; filename=', undefined],
	['', undefined],
	[undefined, undefined],
])('%j names %j', (header, name) => {
	expect(fileNameIn(header)).toBe(name);
});
