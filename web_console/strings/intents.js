// What shoppers want and why a return was refused, named for agents. Intents and rules of the shop's own making
// that are not here show their bare name.

/** @param {string} hant @param {string} hans @param {string} en */
const s = (hant, hans, en) => ({ "zh-Hant": hant, "zh-Hans": hans, en });

export const intents = {
  "intent.account": s("帳號問題", "账号问题", "Account"),
  "intent.after_sales_follow_up": s("售後進度", "售后进度", "After-sales follow-up"),
  "intent.billing_payment": s("付款與發票", "支付与发票", "Billing and payment"),
  "intent.comparison": s("商品比較", "商品对比", "Comparison"),
  "intent.complaint": s("客訴", "投诉", "Complaint"),
  "intent.customisation": s("客製與包裝", "定制与包装", "Customisation"),
  "intent.delivery": s("配送", "配送", "Delivery"),
  "intent.events": s("活動與門市", "活动与门店", "Events and showroom"),
  "intent.general_feedback": s("意見回饋", "意见反馈", "General feedback"),
  "intent.goodbye": s("道別", "道别", "Goodbye"),
  "intent.greeting": s("打招呼", "打招呼", "Greeting"),
  "intent.how_to": s("使用方法", "使用方法", "How-to"),
  "intent.human_agent": s("找真人客服", "找人工客服", "A person"),
  "intent.language_help": s("換語言", "换语言", "Language help"),
  "intent.membership": s("會員與點數", "会员与积分", "Membership"),
  "intent.order_status": s("查訂單進度", "查订单进度", "Order status"),
  "intent.privacy": s("個資與隱私", "隐私", "Privacy"),
  "intent.product_information": s("商品資訊", "商品信息", "Product information"),
  "intent.promotions": s("優惠活動", "优惠活动", "Promotions"),
  "intent.return_or_exchange": s("退貨或換貨", "退货或换货", "Return or exchange"),
  "intent.site_fault": s("網站故障", "网站故障", "Site fault"),
  "intent.stock": s("庫存", "库存", "Stock"),
  "intent.subscription": s("定期購", "定期购", "Subscription"),
  "intent.sustainability": s("永續與回收", "环保与回收", "Sustainability"),
  "intent.technical_help": s("操作或故障", "使用与故障", "Technical help"),
  "intent.thanks": s("道謝", "道谢", "Thanks"),
  "intent.urgent_request": s("急件", "加急", "Urgent request"),
  "intent.warranty": s("保固維修", "保修维修", "Warranty"),
  "intent.wholesale": s("企業採購", "企业采购", "Wholesale"),

  "rule.return_no_unpaid": s("尚未付款", "尚未付款", "not paid yet"),
  "rule.return_no_paid": s("尚未寄出", "尚未发货", "not dispatched yet"),
  "rule.return_no_packed": s("尚未寄出", "尚未发货", "not dispatched yet"),
  "rule.return_no_returned": s("已經退回", "已经退回", "returned already"),
  "rule.return_no_refunded": s("已經退款", "已经退款", "refunded already"),
  "rule.return_no_cancelled": s("訂單已取消", "订单已取消", "cancelled"),
  "rule.return_no_undelivered": s("尚未送達", "尚未签收", "not delivered yet"),
  "rule.return_no_final_sale": s("出清商品", "清仓商品", "final sale"),
  "rule.return_no_custom_made": s("客製商品", "定制商品", "custom made"),
  "rule.return_no_too_late": s("超過期限", "超过期限", "too late"),
};
