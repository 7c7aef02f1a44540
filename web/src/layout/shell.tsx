// The one layout: the loop as the menu, the global filters above, the page, the drill-down drawer.
import { MenuFoldOutlined, MenuOutlined, MenuUnfoldOutlined } from '@ant-design/icons';
import { Button, Drawer, Grid, Layout, Tooltip } from 'antd';
import { useEffect, useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { NavLink, useLocation, useSearchParams } from 'react-router';
import { DrillDrawer } from '../components/event_table';
import { kPages } from '../routes';
import { filterSearch } from '../state/filters';
import { useMay } from '../state/session';
import { FilterBar } from './filter_bar';
import { SearchBox } from './search';
import { UserMenu } from './user_menu';

const kStored = 'zhike.menu';

function Brand({ small }: { small: boolean }) {
  return (
    <NavLink to="/" className="brand" aria-label="Zhike" style={small ? { padding: '0 18px' } : {}}>
      <img src="/favicon.svg" alt="" />
      {!small && <>Zhike <span className="zh">知客</span></>}
    </NavLink>
  );
}

function Menu({ collapsed }: { collapsed: boolean }) {
  const { t } = useTranslation();
  const may = useMay();
  const [params] = useSearchParams();
  const search = filterSearch(params);
  let group: string | undefined;
  return (
    <nav aria-label={t('nav.menu')}>
      {kPages.filter((page) => may(page.permission)).map((page) => {
        const heading = page.group && page.group !== group ? page.group : null;
        const gap = !page.group && group !== undefined;
        group = page.group;
        const link = (
          <NavLink to={page.path + search} end={page.path === '/'} className={({ isActive }) => `nav-item ${isActive ? 'active' : ''}`}
            {...(collapsed && { 'aria-label': t(page.titleKey) })}>
            {page.icon}{!collapsed && <span>{t(page.titleKey)}</span>}
          </NavLink>
        );
        return (
          <div key={page.path}>
            {gap && <div className="nav-gap" />}
            {heading && !collapsed && <div className="menu-group">{t(`nav.${heading}`)}</div>}
            {collapsed ? <Tooltip title={t(page.titleKey)} placement="right">{link}</Tooltip> : link}
          </div>
        );
      })}
    </nav>
  );
}

export function Shell({ children }: { children: ReactNode }) {
  const { t } = useTranslation();
  const { pathname } = useLocation();
  const wide = Grid.useBreakpoint().md ?? window.innerWidth >= 768;
  const [collapsed, setCollapsed] = useState(localStorage.getItem(kStored) === 'small');
  const [menuOpen, setMenuOpen] = useState(false);
  useEffect(() => {
    setMenuOpen(false);
    window.scrollTo(0, 0);
  }, [pathname]);
  const toggle = () => {
    localStorage.setItem(kStored, collapsed ? 'wide' : 'small');
    setCollapsed(!collapsed);
  };
  return (
    <Layout className="shell" hasSider={wide}>
      <a className="skip" href="#content">{t('nav.skip')}</a>
      {wide && (
        <Layout.Sider className={`shell-sider ${collapsed ? 'collapsed' : ''}`} theme="light" width={212} collapsedWidth={64} collapsed={collapsed} trigger={null}>
          <Brand small={collapsed} />
          <Menu collapsed={collapsed} />
        </Layout.Sider>
      )}
      <Layout>
        <Layout.Header className="shell-header">
          {wide
            ? <Button type="text" icon={collapsed ? <MenuUnfoldOutlined /> : <MenuFoldOutlined />} onClick={toggle} aria-label={t(collapsed ? 'nav.expand' : 'nav.collapse')} />
            : (
              <>
                <Button type="text" icon={<MenuOutlined />} onClick={() => setMenuOpen(true)} aria-label={t('nav.menu')} />
                <span style={{ fontWeight: 650, marginInlineEnd: 'auto' }}>Zhike <span className="muted">知客</span></span>
              </>
            )}
          <div className="shell-filters"><FilterBar /></div>
          <SearchBox small={!wide} />
          <UserMenu small={!wide} />
        </Layout.Header>
        <main id="content" className="shell-content" tabIndex={-1} style={{ outline: 'none' }}>{children}</main>
      </Layout>
      <Drawer open={menuOpen && !wide} placement="left" size={260} onClose={() => setMenuOpen(false)} closable={{ 'aria-label': t('common.close') }}
        title={<>Zhike <span className="muted">知客</span></>} styles={{ body: { padding: '8px 0' } }}>
        <Menu collapsed={false} />
      </Drawer>
      <DrillDrawer />
    </Layout>
  );
}
