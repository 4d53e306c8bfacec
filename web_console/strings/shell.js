// Words of the frame around every place: navigation, sign-in, connection, errors, keys.

/** @param {string} hant @param {string} hans @param {string} en */
const s = (hant, hans, en) => ({ "zh-Hant": hant, "zh-Hans": hans, en });

export const shell = {
  "app.name": s("Warmline", "Warmline", "Warmline"),
  "app.waiting_title": s("({n}) 等候中 · Warmline", "({n}) 排队中 · Warmline", "({n}) waiting · Warmline"),
  "app.skip": s("跳到主要內容", "跳到主要内容", "Skip to content"),
  "nav.label": s("主要功能", "主要功能", "Places"),
  "nav.desk": s("客服台", "客服台", "Desk"),
  "nav.knowledge": s("知識庫", "知识库", "Knowledge"),
  "nav.bench": s("測試台", "测试台", "Test bench"),
  "nav.menu": s("選單", "菜单", "Menu"),
  "nav.language": s("介面語言", "界面语言", "Language"),
  "nav.keys": s("快速鍵", "快捷键", "Keyboard shortcuts"),
  "nav.sign_out": s("登出", "退出登录", "Sign out"),
  "nav.signed_in_as": s("目前登入：{name}", "当前登录：{name}", "Signed in as {name}"),
  "nav.not_here": s("您的帳號沒有這裡的權限。", "您的账号没有此处的权限。", "Your account has no access to this place."),
  "nav.lost": s("這個網址找不到內容，已回到首頁。", "此网址没有内容，已回到首页。", "Nothing lives at that address, so this is the start page."),

  "role.agent": s("客服", "客服", "Agent"),
  "role.editor": s("編輯", "编辑", "Editor"),
  "role.supervisor": s("主管", "主管", "Supervisor"),
  "role.admin": s("管理員", "管理员", "Admin"),

  "sign_in.title": s("登入", "登录", "Sign in"),
  "sign_in.lead": s("客服台與知識庫", "客服台与知识库", "Desk and knowledge"),
  "sign_in.mail": s("電子郵件", "邮箱", "E-mail"),
  "sign_in.password": s("密碼", "密码", "Password"),
  "sign_in.show": s("顯示密碼", "显示密码", "Show password"),
  "sign_in.go": s("登入", "登录", "Sign in"),
  "sign_in.busy": s("登入中…", "正在登录…", "Signing in…"),
  "sign_in.wrong": s("電子郵件或密碼不正確。請再檢查一次。", "邮箱或密码不正确，请再检查一次。", "That e-mail and password do not match. Please check both."),
  "sign_in.too_many": s("嘗試次數太多。請等 {wait} 後再試。", "尝试次数过多，请等待 {wait} 后再试。", "Too many tries. Please wait {wait}, then try again."),
  "sign_in.too_many_later": s("嘗試次數太多。請過幾分鐘再試。", "尝试次数过多，请过几分钟再试。", "Too many tries. Please try again in a few minutes."),
  "sign_in.offline": s("連不上伺服器。請檢查網路後再試。", "连接不上服务器，请检查网络后再试。", "The server cannot be reached. Check the connection and try again."),
  "sign_in.failed": s("現在無法登入。請稍後再試。", "现在无法登录，请稍后再试。", "Signing in did not work just now. Please try again shortly."),
  "sign_in.missing": s("請填寫電子郵件和密碼。", "请填写邮箱和密码。", "Please enter your e-mail and password."),
  "sign_in.expired": s("登入已過期。您寫到一半的內容都留在這台電腦，重新登入後就會出現。", "登录已过期。您写到一半的内容都留在这台电脑上，重新登录后就会出现。", "Your session has ended. Everything you were writing is kept in this browser and comes back when you sign in."),
  "sign_in.out": s("已登出。", "已退出登录。", "You are signed out."),

  "link.online": s("連線中", "已连接", "Live"),
  "link.connecting": s("正在連線…", "正在连接…", "Connecting…"),
  "link.offline": s("連線中斷，正在重新連線。您寫的內容都會保留。", "连接中断，正在重连。您写的内容都会保留。", "Connection lost, reconnecting. What you write is kept."),
  "link.retry": s("立即重試", "立即重试", "Try now"),

  "error.offline": s("連不上伺服器，什麼都沒有遺失。請檢查網路後再試。", "连接不上服务器，内容没有丢失。请检查网络后再试。", "The server cannot be reached. Nothing is lost; check the connection and try again."),
  "error.forbidden": s("您的帳號沒有做這件事的權限。", "您的账号没有此操作的权限。", "Your account may not do this."),
  "error.not_found": s("找不到這筆資料，可能已經被移除。", "找不到该内容，可能已被移除。", "This is not here any more; it may have been removed."),
  "error.rate_limited": s("動作太快了，請等一下再試。", "操作太快了，请稍等再试。", "That was a little fast. Wait a moment and try again."),
  "error.too_long": s("內容太長，請縮短後再試。", "内容太长，请缩短后再试。", "This is too long. Shorten it and try again."),
  "error.server": s("伺服器出了狀況，什麼都沒有遺失。請稍後再試。", "服务器出了状况，内容没有丢失。请稍后再试。", "The server had a problem. Nothing is lost; try again shortly."),
  "error.code": s("代碼：{code}", "代码：{code}", "Code: {code}"),
  "error.retry": s("再試一次", "重试", "Try again"),

  "keys.title": s("快速鍵", "快捷键", "Keyboard shortcuts"),
  "keys.close": s("關閉", "关闭", "Close"),
  "keys.everywhere": s("所有畫面", "所有页面", "Everywhere"),
  "keys.help": s("顯示這份清單", "显示此清单", "Show this list"),
  "keys.desk": s("前往客服台", "前往客服台", "Go to the desk"),
  "keys.knowledge": s("前往知識庫", "前往知识库", "Go to knowledge"),
  "keys.bench": s("前往測試台", "前往测试台", "Go to the test bench"),
  "keys.hint": s("打字時按 Esc 離開輸入框，再使用快速鍵。", "打字时按 Esc 离开输入框，再使用快捷键。", "While typing, press Esc to leave the field first."),
  "keys.enter": s("Enter", "Enter", "Enter"),

  "toast.undo": s("復原", "撤销", "Undo"),
  "toast.close": s("關閉", "关闭", "Dismiss"),
  "toast.region": s("通知", "通知", "Notices"),

  "lang.zh-Hant": s("繁體中文", "繁体中文", "Traditional Chinese"),
  "lang.zh-Hans": s("簡體中文", "简体中文", "Simplified Chinese"),
  "lang.en": s("英文", "英文", "English"),

  "wait.seconds": s("{n} 秒", "{n} 秒", "{n} s"),
  "wait.minutes": s("{n} 分鐘", "{n} 分钟", "{n} min"),
  "wait.hours": s("{n} 小時", "{n} 小时", "{n} h"),
  "wait.days": s("{n} 天", "{n} 天", "{n} d"),
};
