// For browsers that do not know modules (IE and the 兼容模式 of domestic browsers): one plain sentence.
document.getElementById("notice-title").firstChild.nodeValue = "这个浏览器打不开申报系统";
document.getElementById("notice-text").firstChild.nodeValue =
    "请换用新版 Edge 或 Chrome；360、QQ、搜狗等浏览器请点地址栏右侧的图标，切换到“极速模式”后刷新本页。";
document.getElementById("notice-progress").style.display = "none";
