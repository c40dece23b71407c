button-back = Quay lại
