// A link as a QR code, made here in the browser: to print, or to show at a counter.
import { QrcodeOutlined } from '@ant-design/icons';
import { Button, Modal, QRCode, Space } from 'antd';
import { useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { saveFile } from '../../format/export';

const kPrintedSize = 1024;

/** Black on white whatever the console looks like: scanners expect it. */
function Code({ text, svg }: { text: string; svg?: boolean }) {
  return <QRCode value={text} type={svg ? 'svg' : 'canvas'} size={svg ? 240 : kPrintedSize} errorLevel="M" color="#000" bgColor="#fff" bordered={false} marginSize={4} />;
}

export function QrButton({ text, name }: { text: string; name: string }) {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  const box = useRef<HTMLDivElement>(null);
  const hidden = useRef<HTMLDivElement>(null);
  const saveSvg = () => {
    const drawn = box.current?.querySelector('svg');
    if (!drawn) return;
    const copy = drawn.cloneNode(true) as SVGElement;
    copy.setAttribute('xmlns', 'http://www.w3.org/2000/svg');
    saveFile(`${name}.svg`, 'image/svg+xml', new XMLSerializer().serializeToString(copy));
  };
  const savePng = () => hidden.current?.querySelector('canvas')?.toBlob((blob) => blob && saveFile(`${name}.png`, 'image/png', blob));
  return (
    <>
      <Button size="small" type="text" icon={<QrcodeOutlined />} onClick={() => setOpen(true)}>{t('survey.qr')}</Button>
      <Modal open={open} title={t('survey.qr_title')} onCancel={() => setOpen(false)} destroyOnHidden footer={(
        <Space wrap>
          <Button onClick={saveSvg}>{t('survey.qr_svg')}</Button>
          <Button onClick={savePng}>{t('survey.qr_png')}</Button>
        </Space>
      )}>
        <div ref={box} role="img" aria-label={t('survey.qr_of', { link: text })} style={{ display: 'flex', justifyContent: 'center' }}><Code text={text} svg /></div>
        <div ref={hidden} hidden><Code text={text} /></div>
        <p className="muted small" style={{ overflowWrap: 'anywhere' }}>{text}</p>
      </Modal>
    </>
  );
}
