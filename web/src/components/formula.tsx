// What a number means and where its formula comes from, one click away.
import { InfoCircleOutlined } from '@ant-design/icons';
import { Popover } from 'antd';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

export function Formula({ name, text, source }: { name: string; text: ReactNode; source?: string }) {
  const { t } = useTranslation();
  return (
    <Popover trigger="click" title={name} content={<div style={{ maxWidth: 360 }}><p style={{ margin: '0 0 8px' }}>{text}</p>{source && <div className="muted small">{t('metric.source', { source })}</div>}</div>}>
      <button type="button" className="icon-button" aria-label={t('metric.definition_of', { name })}><InfoCircleOutlined /></button>
    </Popover>
  );
}
