package classifier

import (
	"cmp"
	"regexp"
	"slices"
	"strings"
	"unicode"
)

// hiddenName stands in a concealed text where a person was named.
const hiddenName = "〔姓名〕"

// surnames are the family names that are looked for: the frequent ones, without those
// whose sign is mostly something else (和、成、商、路、时). Those of two signs come first.
const (
	surnames2 = "欧阳 上官 司马 诸葛 司徒 夏侯 皇甫 尉迟 公孙 慕容 令狐 东方 端木 南宫 独孤"
	surnames1 = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许邓冯韩曹曾彭萧肖蔡潘田董袁于余叶蒋杜苏魏程吕丁沈任姚卢傅钟姜崔谭廖范汪陆" +
		"金石戴贾韦夏邱方侯邹熊孟秦白江阎薛尹段雷黎史龙陶贺顾毛郝龚邵万覃武钱严赖洪莫孔汤常温康施牛樊葛邢安齐庞颜庄聂章鲁岳翟殷詹申耿欧" +
		"关兰焦俞左柳甘祝包宁阮纪舒柯梅童凌毕裴霍涂苗谷曲翁冉骆蓝辛管柴蒙鲍华喻祁滕屈饶解牟艾尤穆农卓古吉缪简车连芦麦褚娄窦戚岑党宫费卜冷晏席卫米柏宗瞿桂佟应臧闵苟邬卞姬仇栾隋刁沙荣巫寇桑郎甄丛仲虞敖巩明佘池查麻苑迟邝"
)

// roleBefore are words after which a name may follow at once.
var roleBefore = regexp.MustCompile(`(?:[人户员者手医婆]|名单[：:]|村民|居民|市民|群众|网友|业主|户主|房东|邻居|隔壁|租客|店主|老板|老板叫|患者|病人|死者|伤者|逝者|老人|老汉|学生|孩子|男孩|女孩|儿童|男子|女子|男生|女生|同班|同学|工人|民工|农民|职工|员工|同事|朋友|司机|驾驶员|驾驶人|乘客|车主|包工头|工头|经理|负责人|法人|代表|代表人|嫌疑人|被告人|被告|原告|受害人|被害人|当事人|肇事者|肇事人|举报人|投诉人|反映人|来电人|来信人|联系人|上访人|信访人|教师|老师|医生|护士|民警|辅警|警察|队员|保安|保洁|干部|支书|书记|主任|局长|镇长|乡长|村长|会计|科长|所长|校长|院长|队长|父亲|母亲|爸爸|妈妈|儿子|女儿|丈夫|妻子|其妻|其夫|其子|其女|其父|其母|老伴|老公|老婆|哥哥|弟弟|姐姐|妹妹|爷爷|奶奶|外婆|外公|家属|亲属|我叫|名叫|叫做|名字叫|姓名|本人|我是|据|姓名[：:]|叫|[人者员][：:])[ 　]*$`)

// roleAfter are words that follow a whole name, and titleAfter what follows a family name alone.
var (
	roleAfter  = regexp.MustCompile(`^(?:反映|反应|举报|投诉|来电|来信|报警|求助|表示|声称|自称|说|称|驾驶|驾车|骑|女士|先生|同志|老师|师傅|大爷|大妈|大叔|大娘|阿姨|医生|书记|主任|局长|镇长|乡长|县长|村长|支书|队长|经理|老板|校长|院长|科长|所长|站长|会计|律师|警官|教授|今年|家住|家的|家里|系|等[一二三四五六七八九十0-9]+人|[一二三四五六七八九十两0-9]+人|失联|当场|死亡|受伤|头部|与其|及其|[，,（(](?:男|女)(?:[，,。]|性)|的(?:母亲|父亲|儿子|女儿|妻子|丈夫|家属|孩子|电话|房子))`)
	titleAfter = regexp.MustCompile(`^(?:女士|先生|小姐|同志|老师|师傅|大爷|大妈|大叔|大娘|阿姨|医生|护士|书记|主任|局长|副局长|镇长|乡长|县长|副县长|村长|支书|队长|经理|老板|校长|院长|科长|所长|站长|会计|律师|警官|教授|副|班主任|某某|某)`)
	// verbAfter is what may follow a name of one given sign, so that it is not taken into it.
	verbAfter = regexp.MustCompile(`^(?:反映|反应|举报|投诉|表示|说|称|驾|骑|打|拒|在|家|今|失|被|与|和|的|及|等|系|是|于|拖|欠|不|没|有|多|处|体|从|向|对|未|购|用|因|受|死|女士|先生|老师|医生|同志)`)
)

// notNames are words that begin like a name.
var notNames = regexp.MustCompile(`^(?:高速|高温|高龄|高中|高层|高压|高新|高铁|高空|高度|高价|高峰|黄金|黄色|黄土|白天|白色|周边|周围|周末|周期|周[一二三四五六日]|安全|安置|安装|安排|安静|安保|常委|常常|常年|常住|石头|石子|石材|马路|马上|马桶|金属|金额|金融|任何|任务|任意|任职|方案|方便|方式|方面|方向|方法|许多|许可|温泉|温度|陈旧|陈述|夏季|夏天|张贴|江西|江边|江水|车主|车辆|车站|车间|车位|车库|车道|游客|游泳|连续|连接|连夜|连日|司机|司法|时间|时候|时常|时任|路[上边口面灯段过人]|应急|应当|应该|应对|成立|成为|成功|成员|成年|程度|程序|余额|余震|钱款|田地|田间|明天|明确|明显|明知|项目|毛病|全县|管理|管道|管网|管线|房屋|房东|房子|房产|房管|房租|党员|党委|包括|包工|胡乱|简单|简易|谢谢|曾经|严重|严格|陶瓷|范围|章程|施工|施救|陆续|雷雨|顾客|顾虑|左右|左侧|尤其|解决|解释|解除|牛奶|洪水|麻烦|单位|单元|单独|商户|商品|商场|商家|商铺|申请|申报|申诉|景区|辛苦|关于|关闭|关注|关心|柴油|井盖|符合|华侨|农村|农民|农业|农田|和[家其他]|卫生|卫星|查处|查询|查看|查封|席卷|费用|米粉|边坡|边上|池塘|沙石|沙子|桑拿|仲裁|荣誉|宗教|宗旨|冷冻|冷库|万元|万一|万人|文明|江河|康复|宁愿|包装|包车|柏油|成都|纪律|纪委|景观|盛夏|古树|古镇|龙头|龙舟|熊孩|苗木|谷物|曲线|毕业|吉祥|庄稼|齐全|甘蔗|梅雨|童装|武装|武术|严禁|雷电|雷击|史料|段落|白酒|白蚁|孔洞|汤圆|康养|牛羊|解放|解封|冷水|莫名|莫非|陶罐|金钱|金店|何时|何种|何况|何地|江面|杜绝|苏打|丁字|钟头|金矿|田埂)`)

// oftenGiven are the signs of most given names: a family name with two of them is a name
// wherever it stands, with one of them where a word begins.
const oftenGiven = "伟芳娜秀英敏静丽强磊军洋勇艳杰娟涛明超兰霞平刚桂建华国文志玉红春金梅福生荣德海林波辉斌鹏飞龙凤琴琳莉萍雪燕玲云莲珍珠淑慧巧美晶丹婷倩颖佳嘉欣怡" +
	"宇浩轩博子涵梓一诺晨晓小大中长永立私俊峰峻岭岩宏鸿鹤昌盛贵财宝根栋梁材旺发祥瑞祺琪琦瑶瑾瑜璐璇珊瑛莹菲薇蓉菊香芬芝茹茜蕾蓝素碧翠彩虹银铁钢铜锋钧铭鑫森木水泉清源洁泽润溪沛" +
	"火炎灿烨炳煜阳光亮旭昊昕昱曦朝辰星月秋冬夏天启思念忠孝仁义礼智信诚善良正直康健寿松柏桐枫楠槐柳青竹世家传承继绍先祖宗兴旺隆达通顺利成功胜凯旋卫东南西北江河山川" +
	"友朋保全安宁和乐喜庆如意若雅静雯霖露冰双叶花苗壮威武猛虎彪豹骏马骥翔鸣鹰燕尔元亨少老二三毛才艺学儒书琼仙珠女婉娇媛媚妍娥嫦彤然远进步前勤俭振奋争更加定坚毅恒" +
	"祖耀宗伦钰钊锦锐铮韬略谦逊让谨慎言诗词赋歌乐舞丰年富有余增添益新改革开放跃解爱珺珂玮玥璟瑄"

// oftenWords are family names that are as often parts of words: two given signs alone make
// no name of them within a sentence.
const oftenWords = "于万方石金江高黄白马田夏段史武严钱毛安齐康常温包连明解古易农管关党宗仲车荣沙桑房柳项梅童左吉乐雷龙尤"

// notGiven cannot stand in a given name, nor can what names a place follow one.
const (
	notGiven = "的了是在和与及被把将向从对为因但没不也都就还又去到说称其该此这那我你他她它们个次住等以地得很太已要会能可让给请问找用有无"
	placeSig = "村庄镇乡县市区路街巷桥河湖沟坝岗局厂店园楼院校站寨屯圩垅坑塘埠镇"
)

// namedPersons are the parts of a text, as indexes of its runes, that look like persons'
// names: by family name and by what stands before or after. Rules see no more than that;
// how many they miss is measured in docs/classifier.md.
func namedPersons(r []rune) [][2]int {
	var out [][2]int
	var names []string
	for i := 0; i < len(r); i++ {
		if n := nameAt(r, i); n > 0 {
			out = append(out, [2]int{i, i + n})
			if n > 1 {
				names = append(names, string(r[i:i+n]))
			}
			i += n - 1
			for end := i + 1; end+1 < len(r) && r[end] == '、'; { // 甲、乙、丙三人
				n := listed(r, end+1)
				if n == 0 {
					break
				}
				out, names = append(out, [2]int{end + 1, end + 1 + n}), append(names, string(r[end+1:end+1+n]))
				end += 1 + n
				i = end - 1
			}
		}
	}
	for i := range r { // who is named once is hidden wherever he stands
		for _, name := range names {
			n := len([]rune(name))
			if i+n <= len(r) && string(r[i:i+n]) == name {
				out = append(out, [2]int{i, i + n})
			}
		}
	}
	slices.SortFunc(out, func(a, b [2]int) int { return cmp.Or(a[0]-b[0], b[1]-a[1]) })
	var apart [][2]int
	for _, s := range out {
		if n := len(apart); n == 0 || s[0] >= apart[n-1][1] {
			apart = append(apart, s)
		}
	}
	return apart
}

// nameAt is how many runes of a name begin at i; 0 for none.
func nameAt(r []rune, i int) int {
	if called(r, i) {
		return 2 // 老魏
	}
	family := familyAt(r, i)
	if family == 0 || notNames.MatchString(string(r[i:min(len(r), i+2)])) {
		return 0
	}
	rest := string(r[i+family : min(len(r), i+family+8)])
	if titleAfter.MatchString(rest) {
		if strings.HasPrefix(rest, "某") {
			return family + strings.Count(rest[:min(len(rest), 6)], "某")
		}
		return family
	}
	if i > 0 && r[i-1] == '姓' {
		return family
	}
	before, starts := roleBefore.MatchString(string(r[max(0, i-8):i])), edge(r, i)
	for _, given := range []int{2, 1} {
		end := i + family + given
		if end > len(r) || !givenName(r[i+family:end]) || end < len(r) && strings.ContainsRune(placeSig, r[end]) {
			continue
		}
		after := string(r[end:min(len(r), end+8)])
		short := string(r[end-1 : min(len(r), end+7)])
		switch {
		case given == 2 && verbAfter.MatchString(short) && !often(r[end-1:end]):
		case before, starts && roleAfter.MatchString(after), often(r[i+family:end]) && (given == 2 && (starts || !strings.ContainsRune(oftenWords, r[i])) || starts && verbAfter.MatchString(after)):
			return family + given
		}
	}
	return 0
}

// listed is how many runes of a name follow in a list of names.
func listed(r []rune, i int) int {
	family := familyAt(r, i)
	if family == 0 || notNames.MatchString(string(r[i:min(len(r), i+2)])) {
		return 0
	}
	for _, given := range []int{2, 1} {
		end := i + family + given
		if end > len(r) || !givenName(r[i+family:end]) {
			continue
		}
		if end == len(r) || unicode.IsPunct(r[end]) || given == 2 || verbAfter.MatchString(string(r[end:])) {
			return family + given
		}
	}
	return 0
}

// called tells whether somebody is called by his family name alone, such as 保安老魏.
func called(r []rune, i int) bool {
	if i+1 >= len(r) || !strings.ContainsRune("老小阿", r[i]) || familyAt(r, i+1) == 0 {
		return false
	}
	rest := string(r[i+2 : min(len(r), i+10)])
	return roleBefore.MatchString(string(r[max(0, i-8):i])) && !notNames.MatchString(string(r[i+1:min(len(r), i+3)])) && (rest == "" || verbAfter.MatchString(rest))
}

func familyAt(r []rune, i int) int {
	if i+2 <= len(r) && slices.Contains(strings.Fields(surnames2), string(r[i:i+2])) {
		return 2
	}
	if i < len(r) && strings.ContainsRune(surnames1, r[i]) {
		return 1
	}
	return 0
}

func givenName(r []rune) bool {
	return !slices.ContainsFunc(r, func(c rune) bool {
		return !unicode.Is(unicode.Han, c) || strings.ContainsRune(notGiven, c) || strings.ContainsRune(placeSig, c)
	})
}

func often(r []rune) bool {
	return !slices.ContainsFunc(r, func(c rune) bool { return !strings.ContainsRune(oftenGiven, c) })
}

// edge tells whether a word may begin at i: after a mark, or a word that names nobody.
func edge(r []rune, i int) bool {
	return i == 0 || !unicode.Is(unicode.Han, r[i-1]) || strings.ContainsRune("与和及跟同向对由被把将请让给是据经因的说", r[i-1])
}

// concealNames hides the persons that a text names.
func concealNames(text string) string {
	r := []rune(text)
	spans := namedPersons(r)
	if len(spans) == 0 {
		return text
	}
	var b strings.Builder
	at := 0
	for _, s := range spans {
		b.WriteString(string(r[at:s[0]]))
		b.WriteString(hiddenName)
		at = s[1]
	}
	b.WriteString(string(r[at:]))
	return b.String()
}
