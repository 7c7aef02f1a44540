// How the page of a survey looks: colours that can be read, size of the letters, a logo; and the page at the size of a phone.
import { Alert, Button, ColorPicker, InputNumber, Segmented, Space, Upload } from 'antd';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { usePreviewSurveyPage } from '../../api/generated';
import { ProblemView, useProblemNotice } from '../../components/problem';
import { exact } from '../../format/numbers';
import { useLanguage } from '../../i18n';
import { contrast } from './outline';

type Document = Record<string, unknown>;
interface Theme { ink?: string; paper?: string; accent?: string; font_percent?: number; logo?: string }

const kUsual = { ink: '#1d2129', paper: '#ffffff', accent: '#0b5fd6' };
const kColours = ['ink', 'paper', 'accent'] as const;
const kContrast = 4.5;
const kLogoMax = 64 * 1024;

function themeOf(document: Document): Theme {
  return typeof document.theme === 'object' && document.theme !== null ? document.theme as Theme : {};
}

function Contrast({ name, theme }: { name: 'ink' | 'accent'; theme: Theme }) {
  const { t } = useTranslation();
  const language = useLanguage();
  if (!theme.paper) return null;
  const found = contrast(theme[name] ?? '', theme.paper);
  const good = found >= kContrast;
  return <p className="small" style={{ margin: '4px 0', color: good ? 'var(--good)' : 'var(--bad)' }} role={good ? undefined : 'alert'}>{t(`builder.contrast_${name}`, { ratio: exact(found, language, 2) })} {t(good ? 'builder.readable' : 'builder.faint')}</p>;
}

export function SurveyLook({ document, disabled, onChange }: { document: Document; disabled: boolean; onChange: (document: Document) => void }) {
  const { t } = useTranslation();
  const notice = useProblemNotice();
  const theme = themeOf(document);
  const put = (part: Theme) => onChange({ ...document, theme: { ...theme, ...part } });
  const without = (...keys: (keyof Theme)[]) => {
    const rest = Object.fromEntries(Object.entries(theme).filter(([key]) => !keys.includes(key as keyof Theme)));
    const { theme: _, ...others } = document;
    onChange(Object.keys(rest).length > 0 ? { ...others, theme: rest } : others);
  };
  const take = (file: File) => {
    const reader = new FileReader();
    reader.onload = () => {
      const logo = String(reader.result);
      if (logo.length > kLogoMax) notice(new Error(t('builder.logo_large')));
      else put({ logo });
    };
    reader.readAsDataURL(file);
    return false;
  };
  return (
    <Space orientation="vertical" size={12} style={{ width: '100%' }}>
      <Space wrap size={16}>
        {kColours.map((name) => (
          <label key={name} className="small"><ColorPicker disabled={disabled} disabledAlpha format="hex" value={theme[name] ?? kUsual[name]} onChangeComplete={(colour) => put({ ...kUsual, ...theme, [name]: colour.toHexString().slice(0, 7) })} /> {t(`builder.${name}`)}</label>
        ))}
        {theme.paper && !disabled && <Button size="small" onClick={() => without('ink', 'paper', 'accent')}>{t('builder.usual_colours')}</Button>}
      </Space>
      <div><Contrast name="ink" theme={theme} /><Contrast name="accent" theme={theme} /></div>
      <Space wrap size={16}>
        <label className="small">{t('builder.font')} <InputNumber disabled={disabled} min={90} max={150} step={5} value={theme.font_percent ?? 100} suffix="%" onChange={(value) => (value === null || value === 100 ? without('font_percent') : put({ font_percent: value }))} style={{ width: 130 }} /></label>
        <Upload accept="image/png,image/jpeg,image/webp,image/gif" showUploadList={false} beforeUpload={take} disabled={disabled}><Button size="small" disabled={disabled}>{t('builder.logo')}</Button></Upload>
        {theme.logo && <><img src={theme.logo} alt={t('builder.logo_now')} style={{ maxHeight: 32, maxWidth: 120 }} />{!disabled && <Button size="small" onClick={() => without('logo')}>{t('builder.no_logo')}</Button>}</>}
      </Space>
    </Space>
  );
}

/** The page as a phone shows it, without scripts; it sends nothing. */
export function SurveyPhone({ document }: { document: Document }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const preview = usePreviewSurveyPage();
  const [shown, setShown] = useState<'zh' | 'en'>(language === 'zh' ? 'zh' : 'en');
  const [page, setPage] = useState(0);
  const { mutate } = preview;
  const text = JSON.stringify(document);
  useEffect(() => {
    const wait = setTimeout(() => mutate({ body: { document: JSON.parse(text) as Document, language: shown, page } }), 300);
    return () => clearTimeout(wait);
  }, [text, shown, page, mutate]);
  const pages = preview.data?.pages ?? 1;
  return (
    <Space orientation="vertical" size={8} style={{ width: '100%' }}>
      <Space wrap>
        <Segmented value={shown} onChange={(value) => setShown(value)} options={[{ value: 'zh' as const, label: '中文' }, { value: 'en' as const, label: 'English' }]} />
        {pages > 1 && <Space.Compact><Button size="small" disabled={page === 0} onClick={() => setPage(page - 1)}>{t('builder.page_before')}</Button><Button size="small" disabled={page + 1 >= pages} onClick={() => setPage(page + 1)}>{t('builder.page_after')}</Button></Space.Compact>}
      </Space>
      {preview.isError && <ProblemView error={preview.error} />}
      {preview.data && !preview.isError && <iframe title={t('builder.phone')} sandbox="" srcDoc={preview.data.html} style={{ width: 'min(390px, 100%)', height: 700, border: '1px solid var(--border)', borderRadius: 16 }} />}
      {!preview.data && !preview.isError && <Alert type="info" title={t('builder.phone_wait')} />}
    </Space>
  );
}
