// Search everything: pages by their words, customers by an identifier. Opens with Ctrl-K or ⌘K.
import { SearchOutlined, UserOutlined } from '@ant-design/icons';
import { Button, Input, Modal, Spin, type InputRef } from 'antd';
import { useEffect, useMemo, useRef, useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useNavigate, useSearchParams } from 'react-router';
import { useListCustomers } from '../api/generated';
import { useMetricCatalogue } from '../state/catalogue';
import { kPages } from '../routes';
import { filterSearch } from '../state/filters';
import { useMay } from '../state/session';

interface Hit {
  key: string;
  icon: ReactNode;
  label: string;
  note: string;
  to: string;
}

function useHits(text: string, open: boolean): { hits: Hit[]; busy: boolean } {
  const { t } = useTranslation();
  const may = useMay();
  const metrics = useMetricCatalogue();
  const [params] = useSearchParams();
  const [asked, setAsked] = useState('');
  useEffect(() => {
    const timer = setTimeout(() => setAsked(text.trim()), 200);
    return () => clearTimeout(timer);
  }, [text]);
  const enabled = open && asked.length >= 2 && may('view_customers');
  const customers = useListCustomers({ q: asked, limit: 8 }, { enabled });
  return useMemo(() => {
    const search = filterSearch(params);
    const words = text.trim().toLowerCase();
    const fits = (haystack: string) => haystack.toLowerCase().includes(words);
    const pages = kPages.filter((page) => may(page.permission) && fits(`${t(page.titleKey)} ${t(page.keywordsKey)}`))
      .map((page): Hit => ({ key: page.path, icon: page.icon, label: t(page.titleKey), note: t('search.page'), to: page.path + search }));
    const numbers = words.length < 2 || !may('view_metrics') ? [] : metrics.items.filter((metric) => fits(`${metric.key} ${metric.name_en} ${metric.name_zh}`)).slice(0, 5)
      .map((metric): Hit => {
        const address = new URLSearchParams(search);
        address.set('metric', metric.key);
        return { key: `m-${metric.key}`, icon: <SearchOutlined />, label: metrics.name(metric.key), note: t('search.metric'), to: `/?${address}` };
      });
    const people = enabled ? (customers.data?.pages[0]?.items ?? []).map((customer): Hit => ({
      key: `c-${customer.id}`, icon: <UserOutlined />, label: customer.name || customer.id, note: t('search.customer'), to: `/customers/${customer.id}${search}`,
    })) : [];
    return { hits: [...people, ...pages, ...numbers], busy: enabled && customers.isFetching };
  }, [text, t, may, params, metrics, customers.data, customers.isFetching, enabled]);
}

function Results({ hits, active, choose }: { hits: Hit[]; active: number; choose: (hit: Hit) => void }) {
  return (
    <div role="listbox" id="search-results" style={{ marginTop: 8, maxHeight: 380, overflow: 'auto' }}>
      {hits.map((hit, index) => (
        <button key={hit.key} type="button" role="option" id={`search-${index}`} aria-selected={index === active} tabIndex={-1}
          className={`palette-row ${index === active ? 'active' : ''}`} onClick={() => choose(hit)}>
          {hit.icon}<span>{hit.label}</span><span className="muted small" style={{ marginInlineStart: 'auto' }}>{hit.note}</span>
        </button>
      ))}
    </div>
  );
}

function Palette({ open, close }: { open: boolean; close: () => void }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const input = useRef<InputRef>(null);
  const [text, setText] = useState('');
  const [active, setActive] = useState(0);
  const { hits, busy } = useHits(text, open);
  const chosen = Math.min(active, Math.max(0, hits.length - 1));
  const choose = (hit: Hit | undefined) => {
    if (!hit) return;
    close();
    setText('');
    void navigate(hit.to);
  };
  return (
    <Modal open={open} onCancel={close} footer={null} closable={false} destroyOnHidden width={600} style={{ top: 90 }} afterOpenChange={(shown) => shown && input.current?.focus()}
      title={<span className="muted small">{t('search.explain')}</span>}>
      <Input
        ref={input} size="large" value={text} placeholder={t('search.placeholder')} prefix={<SearchOutlined />} suffix={busy ? <Spin size="small" /> : <span />}
        role="combobox" aria-expanded aria-controls="search-results" aria-activedescendant={`search-${chosen}`} aria-label={t('search.placeholder')}
        onChange={(event) => {
          setText(event.target.value);
          setActive(0);
        }}
        onKeyDown={(event) => {
          if (event.key === 'ArrowDown') setActive(Math.min(chosen + 1, hits.length - 1));
          else if (event.key === 'ArrowUp') setActive(Math.max(chosen - 1, 0));
          else if (event.key === 'Enter' && !event.nativeEvent.isComposing) choose(hits[chosen]);
          else return;
          event.preventDefault();
        }}
      />
      {hits.length > 0 ? <Results hits={hits} active={chosen} choose={choose} /> : !busy && <p className="muted" style={{ padding: '8px 12px' }}>{t('search.nothing')}</p>}
    </Modal>
  );
}

export function SearchBox({ small }: { small: boolean }) {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  useEffect(() => {
    const key = (event: KeyboardEvent) => {
      if (event.key.toLowerCase() !== 'k' || !(event.metaKey || event.ctrlKey)) return;
      event.preventDefault();
      setOpen((now) => !now);
    };
    window.addEventListener('keydown', key);
    return () => window.removeEventListener('keydown', key);
  }, []);
  const mac = /Mac|iPhone|iPad/.test(navigator.userAgent);
  return (
    <>
      {small
        ? <Button type="text" icon={<SearchOutlined />} onClick={() => setOpen(true)} aria-label={t('search.open')} />
        : (
          <button type="button" className="search-button" onClick={() => setOpen(true)}>
            <SearchOutlined /> {t('search.open')} <kbd>{mac ? '⌘K' : 'Ctrl K'}</kbd>
          </button>
        )}
      <Palette open={open} close={() => setOpen(false)} />
    </>
  );
}
